-- Drafts for an applicant, whoever fills them in: those of a person at the window go when the person is erased.
CREATE INDEX case_drafts_for_holder ON case_drafts (holder, id);
