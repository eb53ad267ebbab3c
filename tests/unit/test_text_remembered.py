"""Answers are kept for what is short, and for the last of that."""

from bluelog.text.remembered import remembered


def test_what_is_short_is_worked_out_once_and_what_is_long_each_time() -> None:
    asked: list[str] = []

    @remembered
    def length(text: str) -> int:
        """How long it is."""
        asked.append(text)
        return len(text)

    short, long = "x" * 256, "x" * 257
    assert [length(text) for text in (short, short, long, long)] == [256, 256, 257, 257]
    assert asked == [short, long, long]
    assert length.__doc__ == "How long it is."


def test_it_fills_no_memory() -> None:
    asked: list[str] = []
    read = remembered(asked.append)
    for number in range(2000):
        read(str(number))
    read("0")
    read("1999")
    assert len(asked) == 2001
