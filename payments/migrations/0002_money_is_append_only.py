from django.db import migrations

APPEND_ONLY = ["payments_gatewayevent", "payments_attemptmove", "payments_refundmove", "payments_ledgerentry"]

FORWARD = """
CREATE FUNCTION refuse_change_of_money() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION keep_amounts_of_money() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount <> OLD.amount OR NEW.obligation_id <> OLD.obligation_id OR NEW.reference <> OLD.reference THEN
        RAISE EXCEPTION 'the amount of an attempt is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER the_amount_of_an_attempt_is_frozen BEFORE UPDATE ON payments_paymentattempt
    FOR EACH ROW EXECUTE FUNCTION keep_amounts_of_money();

CREATE FUNCTION check_refunds_of_an_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid bigint;
    back bigint;
BEGIN
    SELECT CASE WHEN state = 'paid' THEN amount ELSE 0 END INTO paid
        FROM payments_paymentattempt WHERE id = NEW.attempt_id FOR UPDATE;
    SELECT COALESCE(SUM(amount), 0) INTO back FROM payments_refund
        WHERE attempt_id = NEW.attempt_id AND id <> NEW.id AND state NOT IN ('declined', 'refused');
    IF NEW.state NOT IN ('declined', 'refused') AND back + NEW.amount > paid THEN
        RAISE EXCEPTION 'no more is given back than was paid' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_more_is_given_back_than_was_paid BEFORE INSERT OR UPDATE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION check_refunds_of_an_attempt();
""" + "".join(
    f"""
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_money();
CREATE TRIGGER {table}_is_never_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_money();
"""
    for table in APPEND_ONLY
)
BACKWARD = (
    "".join(
        f"DROP TRIGGER {table}_is_append_only ON {table}; DROP TRIGGER {table}_is_never_truncated ON {table};"
        for table in APPEND_ONLY
    )
    + """
DROP TRIGGER no_more_is_given_back_than_was_paid ON payments_refund;
DROP TRIGGER the_amount_of_an_attempt_is_frozen ON payments_paymentattempt;
DROP FUNCTION check_refunds_of_an_attempt();
DROP FUNCTION keep_amounts_of_money();
DROP FUNCTION refuse_change_of_money();
"""
)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
