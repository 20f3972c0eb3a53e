"""The field types. Adding one is one file and one line in FIELD_TYPES."""

from chalicelib.schema.fields.autodate import AutodateField
from chalicelib.schema.fields.base import Field
from chalicelib.schema.fields.bool import BoolField
from chalicelib.schema.fields.date import DateField
from chalicelib.schema.fields.editor import EditorField
from chalicelib.schema.fields.email import EmailField
from chalicelib.schema.fields.file import FileField
from chalicelib.schema.fields.geo_point import GeoPointField
from chalicelib.schema.fields.json import JsonField
from chalicelib.schema.fields.number import NumberField
from chalicelib.schema.fields.password import PasswordField
from chalicelib.schema.fields.relation import RelationField
from chalicelib.schema.fields.select import SelectField
from chalicelib.schema.fields.text import TextField
from chalicelib.schema.fields.url import UrlField

FIELD_TYPES: dict[str, type[Field]] = {
    "text": TextField,
    "editor": EditorField,
    "number": NumberField,
    "bool": BoolField,
    "email": EmailField,
    "url": UrlField,
    "date": DateField,
    "autodate": AutodateField,
    "select": SelectField,
    "file": FileField,
    "relation": RelationField,
    "json": JsonField,
    "password": PasswordField,
    "geoPoint": GeoPointField,
}

__all__ = ["FIELD_TYPES", "Field"]
