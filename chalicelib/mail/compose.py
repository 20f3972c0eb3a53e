"""Writing a mail: the placeholders of a collection's template replaced. Placeholders are never templates.

All are replaced in one pass, so what stands for one is not looked through for others: a record whose name is
``{TOKEN}`` does not learn the token. What anybody but a superuser can choose is escaped, in the subject too.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from chalicelib.mail.message import Message
from chalicelib.schema.auth_options import EmailTemplate
from chalicelib.schema.fields import Field
from chalicelib.schema.fields.json import JsonField
from chalicelib.schema.record import Record
from chalicelib.settings.load import get_settings

_PLACEHOLDER = re.compile(r"\{([A-Z_]+(?::\w+)?)\}")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"})


def compose(kind: str, template: EmailTemplate, to: str, values: Mapping[str, str]) -> Message:
    """The mail that a template and the values of its placeholders make; what stands for nothing stays.

    `values` are plain texts by placeholder: TOKEN, OTP, RECORD:name. The application's come by themselves.
    """
    meta = get_settings().meta
    escaped = {name: escape(text) for name, text in values.items()}
    known = {**escaped, "APP_NAME": meta.app_name, "APP_URL": meta.app_url}
    return Message(kind, to, _fill(template.subject, known), _fill(template.body, known))


def record_values(record: Record) -> dict[str, str]:
    """What ``{RECORD:field}`` stands for, for each field that is not hidden."""
    shown = [field for field in record.collection.fields if not field.hidden]
    return {f"RECORD:{field.name}": _text_of(field, record.get(field.name)) for field in shown}


def escape(text: str) -> str:
    """Text that means nothing in HTML, neither between tags nor in an attribute.

    >>> escape("<a href='x'>")
    '&lt;a href=&#39;x&#39;&gt;'
    """
    return text.translate(_ESCAPES)


def _fill(text: str, known: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: known.get(found[1], found[0]), text)


def _text_of(field: Field, value: Any) -> str:
    """A field's value as text: lists have none, objects are JSON."""
    if isinstance(value, str) and not isinstance(field, JsonField):
        return value
    if isinstance(value, list | tuple) and not isinstance(field, JsonField):
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{Decimal(repr(value)):f}"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
