-- Drafts that were thrown away, or whose time is over, can be brought back for some days: `binned_at` says since when, and `expires`
-- then when they are destroyed. `warned`: their owner was told that the time is nearly over.
ALTER TABLE case_drafts ADD COLUMN binned_at BIGINT;
ALTER TABLE case_drafts ADD COLUMN warned BIGINT NOT NULL DEFAULT 0;
CREATE INDEX case_drafts_to_warn ON case_drafts (expires, id) WHERE warned = 0 AND binned_at IS NULL;

-- The same words by mail, to whoever has a mailbox and wants them; `mail_sending` as `sending`, empty: no mail.
ALTER TABLE case_notices ADD COLUMN mail_sending TEXT NOT NULL DEFAULT '';
ALTER TABLE case_notices ADD COLUMN mail_message TEXT;
ALTER TABLE case_notices ADD COLUMN mail_send_at BIGINT;
ALTER TABLE case_notices ADD COLUMN mail_settled_at BIGINT;
CREATE INDEX case_notices_mail_waiting ON case_notices (mail_send_at, id) WHERE mail_sending = 'waiting';
ALTER TABLE notice_choices ADD COLUMN mail BIGINT NOT NULL DEFAULT 1;
