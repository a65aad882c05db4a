"""Nothing on the site is left in English."""

from babel.messages.pofile import read_po

from config.env import BASE_DIR


def test_every_text_has_its_russian() -> None:
    with (BASE_DIR / "locale/ru/LC_MESSAGES/django.po").open("rb") as stream:
        catalogue = read_po(stream, locale="ru", abort_invalid=True)
    empty = [
        message.id
        for message in catalogue
        if message.id and not all(message.string if isinstance(message.string, tuple) else [message.string])
    ]

    assert empty == []
    assert not any(message.fuzzy for message in catalogue if message.id)
