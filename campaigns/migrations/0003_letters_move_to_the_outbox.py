"""Letters that were sent, or are still being tried, go on in the outbox under the same Message-ID."""

from django.db import migrations

FORWARD = """
WITH moved AS (
    INSERT INTO people_letter (reference, kind, donor_id, address, context, language, subject, body, attachment,
                               queued_at, due_at, attempts, failure, sent_at, given_up_at)
    SELECT substr(encode(sha256(convert_to(token, 'UTF8')), 'hex'), 1, 32)::uuid, 'receipt', donor_id, '',
           jsonb_build_object('donation', id), 'ru', '', '', receipt_name,
           least(letter_sent_at, receipt_due_at), receipt_due_at, letter_attempts, '', letter_sent_at,
           CASE WHEN letter_sent_at IS NULL AND (letter_attempts >= 12 OR donor_id IS NULL) THEN receipt_due_at END
    FROM campaigns_donation WHERE receipt_name <> '' AND receipt_due_at IS NOT NULL
    RETURNING id, (context ->> 'donation')::bigint AS donation_id
)
UPDATE campaigns_donation SET letter_id = moved.id FROM moved WHERE campaigns_donation.id = moved.donation_id;
"""
BACKWARD = """
UPDATE campaigns_donation SET letter_attempts = l.attempts, letter_sent_at = l.sent_at, receipt_due_at = l.due_at
FROM people_letter l WHERE l.id = campaigns_donation.letter_id;
UPDATE campaigns_donation SET letter_id = NULL WHERE letter_id IS NOT NULL;
DELETE FROM people_letter WHERE kind IN ('receipt', 'gift_late', 'refund');
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_a_gift_has_its_letter")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
