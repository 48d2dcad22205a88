-- Language of the first mail, for mails that are sent again; NULL for invitations from before this column.
ALTER TABLE invitation ADD COLUMN language TEXT;
