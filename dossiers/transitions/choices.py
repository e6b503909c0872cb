"""Choices used in transition lines: what the clock does, who gets a message, which effects are applied."""

from enum import StrEnum


class Clock(StrEnum):
    """What a step does to the clock of its dossier. Implemented by `dossiers.clock.timekeeper`."""

    NONE = "none"
    RECEPTION_STARTS = "reception_starts"
    RECEPTION_STOPS = "reception_stops"
    RESUME_OR_RECEPTION_STARTS = "resume_or_reception_starts"
    START = "start"
    RUN = "run"
    PAUSE = "pause"
    RESUME = "resume"
    RESTART_IF_ACCEPTED = "restart_if_accepted"
    NEW_DUE = "new_due"
    END = "end"
    CLOSE = "close"


class Tells(StrEnum):
    """Who gets a message after a step. `dossiers.messages` finds the recipients."""

    SUBMITTER = "submitter"
    RECEIVING_CLERK = "receiving_clerk"
    OFFICER = "officer"
    HEAD = "head"
    PROPOSER = "proposer"


class Effect(StrEnum):
    """What a step writes besides its own fields. The functions are in `dossiers.workflow.effects`, above the models; the system
    check `dossiers.E001` compares them with the lines."""

    # filing
    TIDY_ANSWERS = "tidy_answers"
    COPY_SUBJECT = "copy_subject"
    RECORD_SIGNED_PAPER = "record_signed_paper"
    KEEP_SIGNED_PAPER = "keep_signed_paper"
    NUMBER_THE_DOSSIER = "number_the_dossier"
    # money
    FREEZE_FEES = "freeze_fees"
    WAIT_FOR_PAYMENT = "wait_for_payment"
    SETTLE_OBLIGATION = "settle_obligation"
    WAIVE_OBLIGATION = "waive_obligation"
    DECIDE_EXEMPTION = "decide_exemption"
    SET_AMOUNTS = "set_amounts"
    # processing steps
    COPY_STEPS = "copy_steps"
    FLAG_DIGITISATION = "flag_digitisation"
    RECORD_READING = "record_reading"
    OPEN_FIRST_STEPS = "open_first_steps"
    CLOSE_STEP_AND_OPEN_NEXT = "close_step_and_open_next"
    GO_BACK_A_STEP = "go_back_a_step"
    OPEN_CONSULTATION = "open_consultation"
    ASK_THE_APPLICANT = "ask_the_applicant"
    RECORD_CONFIRMATION = "record_confirmation"
    RECORD_SILENCE = "record_silence"
    END_THE_WAIT = "end_the_wait"
    RECORD_CONSENT = "record_consent"
    ANNOUNCE_VISIT = "announce_visit"
    OPEN_JOINT_RECORD = "open_joint_record"
    GIVE_BACK_TERM = "give_back_term"
    SET_HOLDER = "set_holder"
    TAKE = "take"
    TAKE_BY_WORKING = "take_by_working"
    REFUSE_HANDOVER = "refuse_handover"
    TAKE_OVER = "take_over"
    CLAIM = "claim"
    GIVE_BACK = "give_back"
    PASS_ON = "pass_on"
    PROMISE_NEW_DATE = "promise_new_date"
    PROMISE_AFTER_MISSING = "promise_after_missing"
    CLOSE_OPEN_STEPS = "close_open_steps"
    CANCEL_OPEN_STEPS = "cancel_open_steps"
    # supplements and outcomes
    SET_SUPPLEMENT_TERM = "set_supplement_term"
    RECORD_PROPOSAL = "record_proposal"
    OPEN_SUPPLEMENT = "open_supplement"
    APPLY_SUPPLEMENT = "apply_supplement"
    CARRY_DRAFT = "carry_draft"
    RECORD_LEGAL_GROUND = "record_legal_ground"
    RECORD_DECISION = "record_decision"
    FREEZE_DECISION = "freeze_decision"
    OWE_ISSUE = "owe_issue"
    OWE_DELIVERY = "owe_delivery"
    NAME_WHAT_IS_DELIVERED = "name_what_is_delivered"
    RECORD_WHO_TOOK_IT = "record_who_took_it"
    ORDER_PARCEL = "order_parcel"
    NAME_PARCEL = "name_parcel"
    RECORD_ASKED_ORIGINAL = "record_asked_original"
    KEEP_PAPERS = "keep_papers"
    CORRECT_THE_PAPER = "correct_the_paper"
    OWE_LAST_CONTROL_SHEET = "owe_last_control_sheet"
