"""Answers are kept for what is short, and for the last of that."""

from bluelog.text.remembered import remembered


def test_what_is_short_is_worked_out_once_and_what_is_long_each_time() -> None:
    asked: list[str] = []

    @remembered
    def length(text: str) -> int:
        """How long it is."""
        asked.append(text)
        return len(text)

    short, long = "x" * 512, "x" * 513
    assert [length(text) for text in (short, short, long, long)] == [512, 512, 513, 513]
    assert asked == [short, long, long]
    assert length.__doc__ == "How long it is."


def test_of_several_texts_all_together_are_short_or_long() -> None:
    asked: list[tuple[str, ...]] = []

    @remembered
    def both(*texts: str) -> str:
        asked.append(texts)
        return "".join(texts)

    short, long = ("x" * 256, "y" * 256), ("x" * 256, "y" * 257)
    assert [both(*texts) for texts in (short, short, long, long)] == [
        *2 * ["x" * 256 + "y" * 256],
        *2 * ["x" * 256 + "y" * 257],
    ]
    assert asked == [short, long, long]


def test_it_fills_no_memory() -> None:
    asked: list[str] = []
    read = remembered(asked.append)
    for number in range(2000):
        read(str(number))
    read("0")
    read("1999")
    assert len(asked) == 2001
