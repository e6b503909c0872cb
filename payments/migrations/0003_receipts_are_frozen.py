from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_change_of_a_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'a receipt is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.body_id, NEW.year, NEW.number, NEW.template_symbol, NEW.series_symbol, NEW.collector_name, NEW.tax_code,
        NEW.treasury_account, NEW.demo, NEW.payer_name, NEW.amount, NEW.lines, NEW.issued_at, NEW.attempt_id, NEW.event_id,
        NEW.replaces_id) IS DISTINCT FROM
       (OLD.body_id, OLD.year, OLD.number, OLD.template_symbol, OLD.series_symbol, OLD.collector_name, OLD.tax_code,
        OLD.treasury_account, OLD.demo, OLD.payer_name, OLD.amount, OLD.lines, OLD.issued_at, OLD.attempt_id, OLD.event_id,
        OLD.replaces_id)
    THEN
        RAISE EXCEPTION 'what a receipt says is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'valid' AND (NEW.state, NEW.state_reason, NEW.state_at, NEW.state_by_id) IS DISTINCT FROM
       (OLD.state, OLD.state_reason, OLD.state_at, OLD.state_by_id)
    THEN
        RAISE EXCEPTION 'a receipt ends once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_receipt_is_frozen BEFORE UPDATE OR DELETE ON payments_ereceipt
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_a_receipt();
CREATE TRIGGER receipts_are_never_truncated BEFORE TRUNCATE ON payments_ereceipt
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_a_receipt();

CREATE FUNCTION keep_what_the_bank_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.point_id, NEW.bank_ref, NEW.amount, NEW.content, NEW.received_at) IS DISTINCT FROM
       (OLD.point_id, OLD.bank_ref, OLD.amount, OLD.content, OLD.received_at)
    THEN
        RAISE EXCEPTION 'what the bank said is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER what_the_bank_said_is_frozen BEFORE UPDATE ON payments_bankcredit
    FOR EACH ROW EXECUTE FUNCTION keep_what_the_bank_said();
"""
BACKWARD = """
DROP TRIGGER what_the_bank_said_is_frozen ON payments_bankcredit;
DROP TRIGGER receipts_are_never_truncated ON payments_ereceipt;
DROP TRIGGER a_receipt_is_frozen ON payments_ereceipt;
DROP FUNCTION keep_what_the_bank_said();
DROP FUNCTION refuse_change_of_a_receipt();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_money_is_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
