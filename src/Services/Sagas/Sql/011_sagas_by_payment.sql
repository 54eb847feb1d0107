-- People search by payment: a payment's own saga and those of its refunds.
create index sagas_by_payment on sagas (payment_id) where payment_id is not null;
