namespace Payments.Hosting.Metrics;

/// <summary>What every service has to show of its database: its log, how far behind its readers are, and what waits for a person.</summary>
internal static class LogGauges
{
    public static readonly SampledQuery Query = new(
        new Dictionary<string, SampledGauge>
        {
            ["position"] = new("payments.log.position", "{event}", "The last position of the log: how many events were ever stored."),
            ["reader"] = new(
                "payments.log.reader.lag", "{event}", "Events that relay, sealer, projections and others have yet to look at.", "reader"),
            ["dead"] = new("payments.dead_letters.waiting", "{message}", "Dead letters that wait for a person.", "consumer"),
            ["oldest"] = new("payments.dead_letters.oldest", "s", "How long the oldest dead letter has waited.", "consumer"),
            ["parked"] = new("payments.parked.keys", "{key}", "Keys with a message that failed and is tried again.", "consumer"),
        },
        """
        with head as (select position from log_head),
        consumers as (select distinct consumer from watermarks)
        select 'position', position::double precision, null from head
        union all
        select 'reader', greatest(head.position - coalesce((select position from relay_checkpoint), 0), 0), 'relay' from head
        union all
        select 'reader', greatest(head.position - coalesce((select max(last_position) from seals), 0), 0), 'sealer' from head
        union all
        select 'reader', greatest(head.position - c.position, 0), c.name
        from checkpoints c, head
        where not exists (select from projections p where p.inline and 'projection/' || p.name = c.name)
        union all
        select 'dead', count(d.id), c.consumer from consumers c left join dead_letters d using (consumer) group by c.consumer
        union all
        select 'oldest', coalesce(extract(epoch from $1 - min(d.parked_at)), 0), c.consumer
        from consumers c left join dead_letters d using (consumer) group by c.consumer
        union all
        select 'parked', count(k.consumer) filter (where not k.is_dead), c.consumer
        from consumers c left join parked_keys k using (consumer) group by c.consumer
        """);
}
