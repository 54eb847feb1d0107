-- What failed with one code, newest first: an operator looks into a storm of declines.
create index payments_by_failure on payments (failure_code, payment_id) where failure_code is not null;
