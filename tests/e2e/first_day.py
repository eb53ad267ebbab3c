"""The first day of a blog, step by step: from an empty one to a reply that reached its reader."""

import base64
import re
import time
from email.message import EmailMessage
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.e2e.stage import Blog
from tests.pictures import photograph
from tests.postbox import Postbox

PASSWORD = "a-lantern-by-the-window"


class Words:
    """What the journey types and expects to see, in one language."""

    def __init__(self, code: str, **words: str) -> None:
        self.code = code
        self.words = words

    def __getattr__(self, name: str) -> str:
        return self.words[name]


ENGLISH = Words(
    "en",
    blog="The Night Ferry",
    title="A light on the far side",
    text="It was still burning at four.",
    comment="I saw it too, from the hill.",
    answer="Then there were two of us.",
    publish="Publish",
    waiting="waits for approval",
)
CHINESE = Words(
    "zh-Hans",
    blog="夜渡",
    title="对岸的一盏灯",
    text="凌晨四点它还亮着。",
    comment="我在山上也看见了。",
    answer="那我们就是两个人了。",
    publish="发布",
    waiting="审核",
)


def live_through(ada: Page, greta: Page, blog: Blog, letters: Postbox, words: Words) -> None:
    """Everything that ada and her reader do on that day."""
    set_up(ada, blog, words)
    address = write_and_publish(ada, words)
    comment(greta, address, words)
    told = letter_to("ada@example.com", letters)
    assert words.comment in text_of(told)
    approve(ada, words)
    answer(ada, address, words)
    reply = letter_to("greta@example.com", letters)
    assert words.answer in text_of(reply)
    read_the_reply(greta, reply, words)
    unsubscribe(greta, reply)


def set_up(page: Page, blog: Blog, words: Words) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/setup$"))
    found = re.search(r"open (http\S+)", blog.log.read_text())
    assert found, "the terminal prints where to go"
    page.goto(found[1])
    page.fill("[name=title]", words.blog)
    page.select_option("[name=language]", words.code)
    page.fill("[name=username]", "ada")
    page.fill("[name=email]", "ada@example.com")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").click()
    expect(page).to_have_url(re.compile(r"/admin/$"))


def write_and_publish(page: Page, words: Words) -> str:
    page.goto("/admin/posts/new")
    page.fill("[name=title]", words.title)
    text = page.locator(".cke_wysiwyg_div")
    text.click()
    page.keyboard.type(words.text)
    paste_picture(page)
    expect(text.locator("img[src^='/uploads/']")).to_have_count(1)
    page.get_by_role("button", name=words.publish, exact=True).first.click()
    expect(page.locator("article h1")).to_have_text(words.title)
    picture = page.locator("article img[src^='/uploads/']")
    expect(picture).to_have_attribute("loading", "lazy")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    return urlsplit(page.url).path


def paste_picture(page: Page) -> None:
    data = base64.b64encode(photograph(640, 400)).decode()
    page.locator(".cke_wysiwyg_div").evaluate(
        """(area, data) => {
            const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
            const files = new DataTransfer();
            files.items.add(new File([bytes], "light.jpg", {type: "image/jpeg"}));
            area.dispatchEvent(new ClipboardEvent("paste",
                {clipboardData: files, bubbles: true, cancelable: true}));
        }""",
        data,
    )


def comment(page: Page, address: str, words: Words) -> None:
    page.goto("/")
    page.get_by_role("link", name=words.title).first.click()
    expect(page).to_have_url(re.compile(re.escape(address)))
    page.fill("[name=body]", words.comment)
    page.fill("[name=author]", "Greta")
    page.fill("[name=email]", "not an address")
    page.locator("#write button[type=submit]").click()
    expect(page.locator("[name=body]")).to_have_value(words.comment)
    page.fill("[name=email]", "greta@example.com")
    page.locator("#write button[type=submit]").click()
    expect(page.locator(".notice")).to_be_visible()
    assert words.comment not in page.locator("main").inner_text()
    assert page.context.cookies() == []


def approve(page: Page, words: Words) -> None:
    page.goto("/admin/comments?filter=pending")
    row = page.locator("[data-row]", has_text=words.comment)
    row.locator("form[action$='/comments/approval'] button").click()
    expect(page.locator("main")).not_to_contain_text(words.comment)


def answer(page: Page, address: str, words: Words) -> None:
    page.goto(address)
    page.locator("a[href$='/reply']").first.click()
    page.fill("[name=body]", words.answer)
    page.locator("#write button[type=submit]").click()
    expect(page.locator("#comments")).to_contain_text(words.answer)


def read_the_reply(page: Page, reply: EmailMessage, words: Words) -> None:
    links = re.findall(r"https?://\S+", text_of(reply))
    page.goto(next(link for link in links if "/comments/" in link))
    expect(page.locator("#comments")).to_contain_text(words.comment)
    expect(page.locator("#comments")).to_contain_text(words.answer)


def unsubscribe(page: Page, reply: EmailMessage) -> None:
    assert reply["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page.goto(reply["List-Unsubscribe"].strip("<>"))
    page.locator("main button").click()
    expect(page.locator(".notice")).to_be_visible()


def letter_to(address: str, letters: Postbox, seconds: float = 20) -> EmailMessage:
    """The one letter that this address received; the worker has some time to send it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = [letter for letter in letters.messages if address in letter["To"]]
        if found:
            assert len(found) == 1
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"no letter for {address}")


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return part.get_content()
