"""How long the shop's pages take among five thousand variants: ``make bench-shop`` fills a copy and asks it.

``python -m config.embedded.bench.shop fill VARIANTS`` and ``… ask ROUNDS`` are its two halves, run with the copy's own
settings.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import django

from config import env
from config.embedded.bench.asking import asked_of, sentence
from config.embedded.bench.machine import machine, say, write
from config.embedded.copy import Copy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.test import Client

    from merch.models import Collection, Product, Variant

LIMIT_MS = 100.0
BATCH = 200
SIZES, COLOURS = ("S", "M", "L", "XL"), ("белый", "чёрный", "зелёный")
THINGS = ("Кружка", "Футболка", "Сумка", "Открытка", "Значок", "Платок", "Кепка", "Плакат", "Магнит", "Блокнот")
WHAT = ("с гербом", "с Сурой", "с картой", "из льна", "ручной работы", "фестиваля", "из глины", "с жар-птицей")
TAGS = ("подарок", "дом", "детям", "лето", "керамика", "бумага", "одежда", "еда", "джаз", "театр")
# Each page's address, after "/shop/". A parameter that nobody knows leads past the pages that are kept ready.
PAST_KEPT = "bench=1"
FEED = "the feed, written whole"
ASKED: dict[str, str] = {
    "everything, newest first": "",
    "the last page of it": "page={last}",
    "a page beyond the last": "page=9999",
    "cheapest first": "sort=cheap",
    "dearest first, in stock": "sort=dear&available=now",
    "one tag": "tag=керамика",
    "tag, collection, whom it feeds, in stock": "tag=керамика&collection=c-3&feeds=fund&available=now",
    "one maker": "maker=Мастерская 7",
    "a word of many": "q=город",
    "a word of many titles": "q=кружка",
    "words and facets": "q=футболка с картой&available=now&sort=cheap",
    "a size and a colour": "q=XL зелёный",
    "a mistyped word": "q=футбалка",
    "no such word": "q=синхрофазотрон",
}


def main() -> None:
    """Do one half in a copy's own process, or all."""
    if sys.argv[1:2] == ["fill"]:
        _set_up()
        fill(variants=int(sys.argv[2]))
    elif sys.argv[1:2] == ["ask"]:
        _set_up()
        sys.stdout.write(json.dumps(ask(rounds=int(sys.argv[2])), ensure_ascii=False))
    else:
        _measure()


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()


def _measure() -> None:
    """Measure and write ``docs/benchmarks/shop.json`` and ``shop.md``."""
    parser = argparse.ArgumentParser(prog="make bench-shop")
    parser.add_argument("--variants", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=40)
    wish, found_machine = parser.parse_args(), machine()
    fund = Copy({"PACE_SECONDS": "10", "DEMO": "0"})
    try:
        fund.prepare()
        fund.start()
        fund.wait_ready()
        say(f"Putting {wish.variants} variants on the shelves…")
        _run(fund, "fill", wish.variants)
        for name in set(fund.running) - {"postgres", "redis"}:
            fund.kill(name)
        asked = json.loads(_run(fund, "ask", wish.rounds))
    finally:
        fund.stop()
    at = datetime.now(UTC).isoformat(timespec="minutes")
    found = {"at": at, "machine": found_machine, "wish": vars(wish)} | asked
    write("shop", found, told(found))


def _run(fund: Copy, *arguments: object) -> str:
    command = [sys.executable, "-m", "config.embedded.bench.shop", *map(str, arguments)]
    done = subprocess.run(command, env=fund.environ, cwd=env.BASE_DIR, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def fill(*, variants: int) -> None:
    """Put products with one to four variants each on the shelves, two thirds with pieces bought through the books."""
    from django.db import connection, transaction
    from django.utils import timezone

    from merch.models import Collection

    chance, now, made, number = random.Random(1), timezone.now(), 0, 0  # noqa: S311 - no secret
    groups = [Collection.objects.create(slug=f"c-{place}", title=f"Коллекция {place}") for place in range(12)]
    while made < variants:
        with transaction.atomic():
            rows: list[Variant] = []
            while made + len(rows) < variants and len(rows) < BATCH:
                number += 1
                product = _product(number, chance, groups, now)
                rows += _variants(product, chance, most=variants - made - len(rows))
            _buy(rows, chance, key=f"bench-{made}", now=now)
        made += len(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE merch_product, merch_variant, merch_shoplisting, merch_photo, sales_stockitem")


def _product(number: int, chance: random.Random, groups: Sequence[Collection], now: datetime) -> Product:
    from merch.models import Photo, Product

    product = Product.objects.create(
        slug=f"bench-{number}",
        title=f"{chance.choice(THINGS)} {chance.choice(WHAT)} № {number}",
        summary=sentence(chance, 16),
        description="\n\n".join(sentence(chance, chance.randrange(40, 90)) for _ in range(chance.randrange(1, 4))),
        maker_name=f"Мастерская {int(60 * chance.random() ** 2)}",
        collection=chance.choice([*groups, None]),
        tags=sorted(chance.sample(TAGS, chance.randrange(4))),
        state=Product.State.LISTED,
        created_at=now,
        listed_at=now - timedelta(minutes=number),
    )
    for position in range(3):
        digest = f"{number:060x}{position:04x}"
        Photo.objects.create(
            product=product, position=position, alt="Вид спереди", state=Photo.State.READY, source_sha256=digest,
            digest=digest, widths=[320, 640, 1280], height=1280, uploaded_at=now,
        )  # fmt: skip
    return product


def _variants(product: Product, chance: random.Random, *, most: int) -> list[Variant]:
    from fund.sales.models import StockItem
    from merch.models import Variant

    colour, price = chance.choice(COLOURS), chance.randrange(100_00, 5_000_00, 10_00)
    found = []
    for place in range(min(most, chance.choice([1, 2, 3, 4]))):
        sku = f"B-{product.pk}-{place}"
        item = StockItem.objects.create(sku=sku, title=product.title, grams=250)
        found.append(
            Variant.objects.create(
                product=product,
                item=item,
                position=place,
                size=SIZES[place],
                colour=colour,
                price_kopecks=price + place * 50_00,
                cost_kopecks=price // 2,
                maker_kopecks=price // 4,
            )
        )
    return found


def _buy(rows: Sequence[Variant], chance: random.Random, *, key: str, now: datetime) -> None:
    from django.utils import timezone

    from fund.money import Kopecks
    from fund.sales import services
    from fund.sales.services.movements import Papers

    received = [
        services.Received(row.item_id, chance.randrange(1, 30), Kopecks(row.cost_kopecks), Kopecks(row.maker_kopecks))
        for row in rows
        if chance.randrange(3)
    ]
    papers = Papers(document=key, key=key, moved_by=None, now=now)
    services.receive_goods(received=received, papers=papers, business_date=timezone.localdate(now))


def ask(*, rounds: int) -> dict[str, Any]:
    """Return how long the site took for each page, from the request to the whole answer, and its database for that."""
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from merch.catalogue.feed import shop_feed
    from merch.catalogue.page import PAGE_SIZE
    from merch.catalogue.searching import search
    from merch.catalogue.wanted import Wanted
    from merch.models import Product, Variant

    host = settings.SITE_URL.split("://", 1)[1]
    client = Client(headers={"host": host})
    last = -(-search(wanted=Wanted.read({}), limit=0).total // PAGE_SIZE)
    pages = {}
    for name, query in ASKED.items():
        asked = query.format(last=last)
        wanted = Wanted.read(dict(part.split("=") for part in asked.split("&") if part))
        page = partial(_get, client, f"/shop/?{PAST_KEPT}&{asked}")
        pages[name] = asked_of(page, rounds=rounds) | {"found": search(wanted=wanted, limit=0).total}
    product = Product.objects.order_by("pk")[Product.objects.count() // 2]
    pages["one product"] = asked_of(partial(_get, client, product.get_absolute_url()), rounds=rounds) | {"found": None}
    pages[FEED] = asked_of(lambda: shop_feed(now=timezone.localtime()), rounds=max(2, rounds // 10))
    pages[FEED] |= {"found": Variant.objects.count()}
    return {"products": Product.objects.count(), "pages": pages}


def _get(client: Client, address: str) -> None:
    if client.get(address).status_code != 200:  # noqa: PLR2004 - HTTP's own word for "here it is"
        raise ValueError(address)


def told(found: dict[str, Any]) -> str:
    """Return the measurement as a page."""
    host, wish = found["machine"], found["wish"]
    lines = [
        "# How long the shop's pages take",
        "",
        f"Written by `make bench-shop` at {found['at']}; not edited by hand.",
        "",
        (
            f"{host['processor']}, {host['cores']} cores, {host['memory_gb']} GB, {host['system']};"
            f" load {host['load_before']} before it began. {found['products']} products on sale with"
            f" {wish['variants']} variants, two thirds of them in stock; {wish['rounds']} rounds of each page."
        ),
        "",
        (
            "Milliseconds. The whole page: from the request, past the pages that are kept ready, through all layers and"
            " templates to the answer's last byte, in one process. The database: all its statements together, as"
            f" the site saw them. The aim is {LIMIT_MS:.0f} ms for the whole page; the feed, which the worker"
            " writes every five minutes, has none."
        ),
        "",
        "| page | found | queries | database, median | whole page, median | p95 | most |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {name} | {'' if one['found'] is None else one['found']} | {one['queries']} | {one['median_ms']} |"
        f" {one['whole_median_ms']} | {one['whole_p95_ms']} | {one['whole_most_ms']} |"
        for name, one in found["pages"].items()
    ]
    over = [name for name, one in found["pages"].items() if name != FEED and one["whole_p95_ms"] > LIMIT_MS]
    verdict = f"Over the aim by their p95: {', '.join(over)}." if over else "By their p95 all are within the aim."
    return "\n".join([*lines, "", verdict, ""])


if __name__ == "__main__":
    main()
