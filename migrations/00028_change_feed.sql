-- +goose Up
-- All tenants' changes since the last that a process has seen, in the order of (xid, seq): each process reads them once for all
-- its subscribers.

CREATE INDEX change_log_feed ON lazi.change_log (xid, seq);

-- +goose Down
DROP INDEX lazi.change_log_feed;
