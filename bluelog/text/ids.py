"""Numbers of rows, as they are written in addresses and forms."""

# The largest of both databases.
LARGEST_ID = 2**31 - 1


def id_in(text: str | None) -> int | None:
    """The number of a row that the text is, or None.

    It is measured first: making a number of digits takes time that grows with their square.
    """
    text = text or ""
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST_ID)):
        return None
    number = int(text)
    return number if 0 < number <= LARGEST_ID else None
