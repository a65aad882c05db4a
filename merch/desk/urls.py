"""Addresses of the shop at the staff desk."""

from django.urls import URLPattern, URLResolver, path

from merch.desk import collections, many, orders, papers, photo_views, products, sheet_views, stock, trade, wishes

app_name = "shop_desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("today/", orders.today, name="today"),
    path("today/packing/", papers.packing, name="day_packing"),
    path("today/packing/state/", papers.packing_state, name="day_packing_state"),
    path("today/packing.pdf", papers.packing_file, name="day_packing_file"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/<int:sale_id>/", orders.order, name="order"),
    path("orders/<int:sale_id>/move/", orders.move, name="move"),
    path("orders/<int:sale_id>/back/", orders.give_back, name="give_back"),
    path("orders/<int:sale_id>/decline/", wishes.decline, name="decline"),
    path("orders/<int:sale_id>/packing/", papers.packing, name="packing"),
    path("orders/<int:sale_id>/packing/state/", papers.packing_state, name="packing_state"),
    path("orders/<int:sale_id>/packing.pdf", papers.packing_file, name="packing_file"),
    path("products/", products.product_list, name="products"),
    path("products/new/", products.add_product, name="add_product"),
    path("products/many/", many.change_many, name="change_many"),
    path("products/<int:product_id>/", products.product, name="product"),
    path("products/<int:product_id>/edit/", products.edit_product, name="edit_product"),
    path("products/<int:product_id>/state/", products.put_state, name="put_state"),
    path("products/<int:product_id>/variants/new/", products.variant, name="add_variant"),
    path("products/<int:product_id>/variants/<int:variant_id>/", products.variant, name="variant"),
    path("products/<int:product_id>/photos/", photo_views.photos, name="photos"),
    path("products/<int:product_id>/photos/order/", photo_views.arrange, name="arrange_photos"),
    path("products/<int:product_id>/photos/<int:photo_id>/remove/", photo_views.remove, name="remove_photo"),
    path("products/<int:product_id>/photos/<int:photo_id>.jpg", photo_views.file, name="photo_file"),
    path("collections/", collections.collection_list, name="collections"),
    path("collections/new/", collections.collection, name="add_collection"),
    path("collections/<int:collection_id>/", collections.collection, name="collection"),
    path("collections/<int:collection_id>/remove/", collections.remove, name="remove_collection"),
    path("sales/", trade.trade, name="trade"),
    path("table/", sheet_views.sheets, name="sheets"),
    path("table/catalogue.csv", sheet_views.export, name="export"),
    path("table/<uuid:reference>/", sheet_views.sheet, name="sheet"),
    path("table/<uuid:reference>/apply/", sheet_views.apply_sheet, name="apply_sheet"),
    path("stock/", stock.item_list, name="stock"),
    path("stock/receive/", stock.receive, name="receive"),
    path("stock/write-off/", stock.write_off, name="write_off"),
    path("stock/count/", stock.count, name="count"),
    path("stock/<int:item_id>/", stock.item, name="item"),
]
