"""How large a pattern grows once its repetitions are written out."""

from chalicelib.schema.patterns.tree import Node, Repeat, children


def multiplies_within(node: Node, budget: int) -> bool:
    """Whether counts inside counts multiply to no more than the budget."""
    if isinstance(node, Repeat):
        times = node.least if node.most is None else node.most
        if times > budget:
            return False
        budget //= max(times, 1)
    return all(multiplies_within(child, budget) for child in children(node))


def size_of(node: Node) -> int:
    """The number of nodes."""
    inside = sum(size_of(child) for child in children(node))
    if isinstance(node, Repeat):
        return inside * max(node.least + 1 if node.most is None else node.most, 1)
    return inside + 1
