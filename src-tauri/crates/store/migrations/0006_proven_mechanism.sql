-- The strongest SASL mechanism by which this account's password was ever proven: less is not accepted later. No secret.
ALTER TABLE accounts ADD COLUMN proven_mechanism TEXT;
