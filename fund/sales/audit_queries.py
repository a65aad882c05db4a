"""What `check_books` asks the database about goods and orders. Each query returns the first offender, or nothing."""

# Names are what the command prints.
CHECKS = {
    "item {} has a movement that does not go on from the one before": """
        SELECT item_id FROM (
            SELECT item_id, number, held_after, value_after_kopecks, maker_after_kopecks,
                row_number() OVER sorted AS counted, sum(quantity) OVER sorted AS held,
                sum(value_kopecks) OVER sorted AS value, sum(maker_kopecks) OVER sorted AS maker
            FROM sales_stockmovement WINDOW sorted AS (PARTITION BY item_id ORDER BY number)) m
        WHERE (number, held_after, value_after_kopecks, maker_after_kopecks) <> (counted, held, value, maker)
        ORDER BY 1 LIMIT 1""",
    "item {} counts other pieces than came and went, or than are held": """
        SELECT id FROM sales_stockitem i
        WHERE pieces <> (SELECT coalesce(sum(quantity), 0) FROM sales_stockmovement m WHERE m.item_id = i.id)
            OR reserved <> (SELECT coalesce(sum(quantity), 0) FROM sales_reservation r
                            WHERE r.item_id = i.id AND r.state = 'held')
        ORDER BY 1 LIMIT 1""",
    "order {} is not the sum of its lines, or not what was paid": """
        SELECT s.id FROM sales_sale s JOIN payments_payment p ON p.id = s.payment_id
        WHERE s.total_kopecks <> p.amount_kopecks OR s.total_kopecks IS DISTINCT FROM (
            SELECT sum(total_kopecks) FROM sales_saleline l WHERE l.sale_id = s.id)
        ORDER BY 1 LIMIT 1""",
    "return {} is not the sum of its lines, or of another order's payment": """
        SELECT r.id FROM sales_salereturn r JOIN payments_refund f ON f.id = r.refund_id
            JOIN sales_sale s ON s.id = r.sale_id
        WHERE f.payment_id <> s.payment_id OR f.amount_kopecks IS DISTINCT FROM (
            SELECT sum(amount_kopecks) FROM sales_salereturnline l WHERE l.sale_return_id = r.id)
        ORDER BY 1 LIMIT 1""",
    "goods cost {} kopecks more than account 41 holds": """
        SELECT stock - books FROM (SELECT
            (SELECT coalesce(sum(value_kopecks), 0) FROM sales_stockmovement) AS stock,
            (SELECT coalesce(sum(CASE WHEN p.debit_id = a.id THEN p.amount_kopecks ELSE -p.amount_kopecks END), 0)
             FROM ledger_account a JOIN ledger_posting p ON a.id IN (p.debit_id, p.credit_id)
             WHERE a.code = '41') AS books) x
        WHERE stock <> books""",
    # What was paid for goods and delivery, less what left, more what came back, less what was returned or disputed.
    "orders that wait are worth {} kopecks more than account 62.02 holds": """
        WITH priced AS (
            SELECT l.id, l.sale_id, l.total_kopecks FROM sales_saleline l WHERE l.kind <> 'gift'),
        back AS (
            SELECT l.amount_kopecks, r.is_before_handover, r.refund_id
            FROM sales_salereturnline l JOIN priced p ON p.id = l.line_id
            JOIN sales_salereturn r ON r.id = l.sale_return_id)
        SELECT open - books FROM (SELECT
            (SELECT coalesce(sum(CASE WHEN p.credit_id = a.id THEN p.amount_kopecks ELSE -p.amount_kopecks END), 0)
             FROM ledger_account a JOIN ledger_posting p ON a.id IN (p.debit_id, p.credit_id)
             WHERE a.code = '62.02') AS books,
            (SELECT coalesce(sum(l.total_kopecks), 0) FROM priced l JOIN sales_sale s ON s.id = l.sale_id
             JOIN payments_payment p ON p.id = s.payment_id WHERE p.operation_id IS NOT NULL)
            - (SELECT coalesce(sum(amount_kopecks), 0) FROM sales_fiscalreceipt WHERE kind = 'offset')
            + (SELECT coalesce(sum(amount_kopecks), 0) FROM back WHERE NOT is_before_handover)
            - (SELECT coalesce(sum(back.amount_kopecks), 0) FROM back JOIN payments_refund f ON f.id = back.refund_id
               WHERE f.operation_id IS NOT NULL)
            - (SELECT coalesce(sum(l.total_kopecks), 0) FROM priced l JOIN sales_sale s ON s.id = l.sale_id
               JOIN payments_refund f ON f.payment_id = s.payment_id AND f.operation_id IS NOT NULL
               WHERE NOT EXISTS (SELECT FROM sales_salereturn r WHERE r.refund_id = f.id))
            - (SELECT coalesce(sum(g.amount_kopecks), 0) FROM payments_chargeback c
               JOIN sales_sale s ON s.payment_id = c.payment_id
               JOIN ledger_posting g ON g.operation_id = c.operation_id
               JOIN ledger_account a ON a.id = g.debit_id AND a.code = '62.02') AS open) x
        WHERE open <> books""",
}
