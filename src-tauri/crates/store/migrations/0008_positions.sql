-- XEP-0490: the archive id of the newest message that was displayed on this device, while the account's other devices have
-- not been told; NULL: nothing is due.
ALTER TABLE conversations ADD COLUMN position_due TEXT;
