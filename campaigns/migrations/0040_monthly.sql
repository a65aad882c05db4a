-- A monthly gift goes one way and says why it ended; each step is written by the database itself.
-- One charge a month is the table's own rule. Here: no attempt beside another, none once it has ended, none untold,
-- none for another sum than was told, none outside its month in Moscow.

CREATE FUNCTION campaigns_guard_subscription() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a subscription stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'awaiting' THEN
            RAISE EXCEPTION 'a subscription begins with its first payment' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.campaign_id, NEW.anchor_day, NEW.created_at) IS DISTINCT FROM (OLD.campaign_id, OLD.anchor_day, OLD.created_at) THEN
        RAISE EXCEPTION 'what a subscription is for stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (('awaiting', 'active'), ('awaiting', 'ended'), ('active', 'ended')) THEN
        RAISE EXCEPTION 'a subscription does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'ended' AND (NEW.amount_kopecks, NEW.ended_because, NEW.ended_at)
            IS DISTINCT FROM (OLD.amount_kopecks, OLD.ended_because, OLD.ended_at) THEN
        RAISE EXCEPTION 'what has ended stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subscription_guarded BEFORE INSERT OR UPDATE OR DELETE ON campaigns_subscription
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_subscription();

CREATE FUNCTION campaigns_note_subscription() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO campaigns_subscriptionstep (subscription_id, from_state, to_state, amount_kopecks, reason, at)
        VALUES (NEW.id, CASE TG_OP WHEN 'UPDATE' THEN OLD.state ELSE '' END, NEW.state, NEW.amount_kopecks,
                NEW.ended_because, NEW.moved_at);
    RETURN NULL;
END $$;
CREATE TRIGGER subscription_begun AFTER INSERT ON campaigns_subscription
    FOR EACH ROW EXECUTE FUNCTION campaigns_note_subscription();
CREATE TRIGGER subscription_moved AFTER UPDATE OF state, amount_kopecks ON campaigns_subscription
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.amount_kopecks IS DISTINCT FROM NEW.amount_kopecks)
    EXECUTE FUNCTION campaigns_note_subscription();
CREATE TRIGGER subscriptionstep_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campaigns_subscriptionstep
    FOR EACH STATEMENT EXECUTE FUNCTION campaigns_refuse_change();

CREATE FUNCTION campaigns_guard_charge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a charge stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.subscription_id, NEW.month) IS DISTINCT FROM (OLD.subscription_id, OLD.month)
            OR NEW.amount_kopecks > OLD.amount_kopecks THEN
        RAISE EXCEPTION 'a charge stays as it was told' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (('waiting', 'trying'), ('trying', 'waiting'),
            ('trying', 'paid'), ('trying', 'failed'), ('waiting', 'failed'), ('waiting', 'dropped')) THEN
        RAISE EXCEPTION 'a charge does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER charge_guarded BEFORE UPDATE OR DELETE ON campaigns_charge
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_charge();

CREATE FUNCTION campaigns_guard_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    agreed campaigns_subscription;
    month_charge campaigns_charge;
    asked payments_payment;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a gift stays with its charge' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT s.* INTO agreed FROM campaigns_subscription s
        JOIN campaigns_charge c ON c.subscription_id = s.id WHERE c.id = NEW.charge_id FOR UPDATE OF s;
    SELECT * INTO month_charge FROM campaigns_charge WHERE id = NEW.charge_id FOR UPDATE;
    SELECT * INTO asked FROM payments_payment WHERE id = NEW.payment_id;
    IF agreed.state = 'ended' OR month_charge.state <> 'trying' OR agreed.campaign_id <> NEW.campaign_id THEN
        RAISE EXCEPTION 'nothing is charged that has ended' USING ERRCODE = 'check_violation';
    END IF;
    IF asked.amount_kopecks <> month_charge.amount_kopecks OR NEW.amount_kopecks <> month_charge.amount_kopecks
            OR date_trunc('month', NEW.created_at AT TIME ZONE 'Europe/Moscow')::date <> month_charge.month THEN
        RAISE EXCEPTION 'a charge is of the sum and in the month that was told' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT asked.saves_method AND (asked.charged_method_id IS DISTINCT FROM agreed.method_id
            OR NOT EXISTS (SELECT 1 FROM people_letter l WHERE l.id = month_charge.letter_id AND l.sent_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'nothing is charged that nobody was told of' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM campaigns_donation d JOIN payments_payment p ON p.id = d.payment_id
               WHERE d.charge_id = NEW.charge_id AND (p.state <> 'canceled' OR p.cancel_reason = 'key_expired')) THEN
        RAISE EXCEPTION 'a month is charged once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER donation_of_charge_guarded BEFORE INSERT ON campaigns_donation
    FOR EACH ROW WHEN (NEW.charge_id IS NOT NULL) EXECUTE FUNCTION campaigns_guard_attempt();
CREATE TRIGGER donation_stays_with_charge BEFORE UPDATE OF charge_id ON campaigns_donation
    FOR EACH ROW WHEN (NEW.charge_id IS DISTINCT FROM OLD.charge_id) EXECUTE FUNCTION campaigns_guard_attempt();

REVOKE ALL ON FUNCTION campaigns_note_subscription FROM PUBLIC;
REVOKE INSERT, UPDATE, DELETE ON campaigns_subscriptionstep FROM fund_app;
REVOKE DELETE ON campaigns_subscription, campaigns_charge FROM fund_app;
