"""How much of what is sent is read."""

from io import BytesIO
from typing import IO, Any

from flask import Flask, Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

_ONE_LINE = "application/x-www-form-urlencoded"


def init_app(app: Flask) -> None:
    """Bound the forms that the app reads."""
    app.request_class = BoundedRequest


class BoundedFormParser(FormDataParser):
    """Counts the fields of a form sent as one line too; of its own it counts those of parts.

    Some bytes a field would otherwise become some hundred in memory, and millions of fields.
    """

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:
        if mimetype == _ONE_LINE:
            line = stream.read()
            if line.count(b"&") >= (self.max_form_parts or len(line)):
                raise RequestEntityTooLarge
            stream = BytesIO(line)
        return super().parse(stream, mimetype, content_length, options)


class BoundedRequest(Request):
    """A request whose form has a bounded number of fields, however it is sent."""

    form_data_parser_class = BoundedFormParser
