"""What the souvenir shop needs; the rest of the settings takes it in."""

from config import env

# Fiscal receipts of what is sold (54-ФЗ): the codes are ЮKassa's, yookassa.ru/developers/54fz/parameters-values.
RECEIPTS = {
    "vat_code": env.whole("RECEIPT_VAT_CODE", 1, least=1, most=12),  # 1: without VAT
    "tax_system_code": env.whole("RECEIPT_TAX_SYSTEM_CODE", 2, least=1, most=6),  # 2: УСН, income
    "gift_subject": env.one_of("RECEIPT_GIFT_SUBJECT", "another", ("another", "payment", "non_operating_gain")),
}
# What ЮKassa is thought to keep of a souvenir's price before it has said so: 3,5 % of a card's payment, 22 % VAT on it.
SHOP_FEE_BASIS_POINTS = env.whole("SHOP_FEE_BASIS_POINTS", 427, least=0, most=5_000)
# Letters that something is there again: how many one e-mail may wait for, and for how long.
SHOP_WISHES_PER_EMAIL = env.whole("SHOP_WISHES_PER_EMAIL", 10, least=1, most=100)
SHOP_WISH_DAYS = env.whole("SHOP_WISH_DAYS", 180, least=7, most=1826)
# Where orders are picked up, and when; said at the checkout and in letters.
PICKUP = {
    "place": env.text("PICKUP_PLACE", "г. Пенза, ул. Московская, 1 (образец)"),
    "hours": env.text("PICKUP_HOURS", "по будням с 10 до 19"),
}
# How many orders, and pieces in them, may be held unpaid; how many wrong promo codes an address may try.
UNPAID_ORDERS_PER_EMAIL = env.whole("UNPAID_ORDERS_PER_EMAIL", 3, least=1)
UNPAID_ORDERS_PER_ADDRESS = env.whole("UNPAID_ORDERS_PER_ADDRESS", 10, least=1)
UNPAID_PIECES_PER_EMAIL = env.whole("UNPAID_PIECES_PER_EMAIL", 100, least=1)
UNPAID_PIECES_PER_ADDRESS = env.whole("UNPAID_PIECES_PER_ADDRESS", 300, least=1)
PROMO_MISSES_PER_HOUR = env.whole("PROMO_MISSES_PER_HOUR", 10, least=1)
# An order that was sent is taken for received after so many days; then those begin in which goods may come back.
RECEIVED_AFTER_DAYS = env.whole("RECEIVED_AFTER_DAYS", 45, least=14)
RETURN_DAYS = env.whole("RETURN_DAYS", 7, least=7, most=365)  # goods bought from afar: ст. 26.1 ЗоЗПП names seven
CART_DAYS = env.whole("CART_DAYS", 180, least=30)  # how long an untouched cart is kept
