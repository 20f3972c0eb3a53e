"""Quoll: the PocketBase API without a server."""

import gc

# A function that starts makes tens of thousands of objects, and hardly one of them is garbage. Looking for it
# after each 700, as Python does, took a twelfth of a cold start; requests are spared it as well.
gc.set_threshold(100_000)
