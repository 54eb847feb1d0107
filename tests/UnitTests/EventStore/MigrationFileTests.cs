using System.Text.RegularExpressions;
using IntegrationTests;
using Payments.EventStore.Postgres.Schema;

namespace UnitTests.EventStore;

/// <summary>
/// SQL files that are applied to large tables while others write. Each rule has a way that keeps it: an index gets a file of its own,
/// <c>NNN_name.concurrently.sql</c>; a column is added without a default that is computed; a constraint is added NOT VALID.
/// </summary>
public sealed partial class MigrationFileTests
{
    /// <summary>Files that every version from which one can upgrade has: they only ever meet an empty database.</summary>
    private static readonly HashSet<string> Old = new(
        """
        EventStore/001_log EventStore/002_beside_the_log EventStore/003_append EventStore/004_append EventStore/005_snapshots
        EventStore/006_partitions EventStore/007_subscriptions EventStore/008_seals Messaging/001_messaging Messaging/002_parking
        Messaging/003_replays Messaging/004_audit Messaging/010_consumer_members Payments/001_payments Payments/002_analytics
        Payments/003_refunds Payments/010_failures Sagas/001_sagas Sagas/002_sagas Sagas/003_sagas
        Sagas/010_processor_operations Sagas/011_sagas_by_payment Hosting/001_alerts Hosting/002_event_replays
        Hosting/003_approvals Wallets/001_wallets Wallets/002_ledger Wallets/003_answers
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries),
        StringComparer.Ordinal);

    [Fact]
    public void A_new_file_holds_no_lock_for_as_long_as_a_table_is_large() => Assert.Empty(
        from path in NewFiles()
        from objection in Objections(path, File.ReadAllText(Repository.Find(path)))
        select $"{path}: {objection}");

    [Theory]
    [InlineData("create index i on payments (amount);", "create index i on payments")]
    [InlineData("create table t (a int); create index i on t (a); create index j on payments (amount)", "create index j on payments")]
    [InlineData("alter table events alter column position type numeric", "alter table events alter column position type numeric")]
    [InlineData("alter table events add column a int not null default 0, add column b uuid default gen_random_uuid()",
        "alter table events add column a int not null default 0, add column b uuid default gen_random_uuid()")]
    [InlineData("alter table t add constraint c check (a > 0)", "alter table t add constraint c check (a > 0)")]
    [InlineData("alter table t add unique (a)", "alter table t add unique (a)")]
    [InlineData("alter table t alter column a set not null", "alter table t alter column a set not null")]
    [InlineData("update payments set amount = 1;", "update payments set amount = 1")]
    [InlineData("delete from claims", "delete from claims")]
    [InlineData("drop index i", "drop index i")]
    [InlineData("create table t as select * from events", "create table t as select * from events")]
    public void What_would_block_writers_of_a_large_table_is_found(string sql, string objection) =>
        Assert.Equal([objection], Objections("src/X/Sql/099_x.sql", sql));

    [Theory]
    [InlineData("create table t (a int); create unique index i on t (a); insert into t values (1); alter table t add check (a > 0)")]
    [InlineData("alter table events add column a int, add column b bigint not null default 0")]
    [InlineData("alter table t add constraint c check (a > 0) not valid")]
    [InlineData("create function f() returns void language plpgsql as $$ begin update payments set amount = 1; end $$;")]
    [InlineData("-- create index i on payments (amount)\nselect 1")]
    public void What_only_changes_the_catalogue_or_new_tables_is_welcome(string sql) =>
        Assert.Empty(Objections("src/X/Sql/099_x.sql", sql));

    private static IEnumerable<string> NewFiles() =>
        Directory.EnumerateFiles(Repository.Find("src"), "*.sql", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Path.GetDirectoryName(Repository.Find("src"))!, path).Replace('\\', '/'))
            .Where(path => path.Contains("/Sql/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Where(path => !path.Contains("Gateway/", StringComparison.Ordinal))
            .Where(path => !path.Contains("CardProcessor/", StringComparison.Ordinal))
            .Where(path => !Old.Contains(ShortName(path)));

    private static List<string> Objections(string path, string sql)
    {
        var file = new SchemaFile("test", Path.GetFileName(path), sql);
        if (file.Kind != SchemaFileKind.InTransaction)
        {
            _ = new ConcurrentIndex(file); // Throws when it is anything else.
            return [];
        }

        var bare = WhiteSpace().Replace(Body().Replace(Comment().Replace(sql, ""), "$$$$"), " ");
        var made = NewTable().Matches(bare).Select(m => m.Groups["table"].Value).ToHashSet(StringComparer.Ordinal);
        return [.. bare.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(statement => Blocking().Match(statement) is { Success: true } m && !made.Contains(m.Groups["table"].Value))
            .Select(statement => IndexHead().Match(statement) is { Success: true } head ? head.Value : statement)];
    }

    private static string ShortName(string path) =>
        $"{path.Split('/').TakeWhile(folder => folder is not ("Sql" or "Postgres")).Last()}/{Path.GetFileNameWithoutExtension(path)}";

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\$\$.*?\$\$", RegexOptions.Singleline)]
    private static partial Regex Body();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"create table (if not exists )?(?<table>\w+) \(")]
    private static partial Regex NewTable();

    [GeneratedRegex(@"^create (unique )?index .*? on \w+")]
    private static partial Regex IndexHead();

    [GeneratedRegex(
        @"^(create (unique )?index .*? on (only )?(?<table>\w+)" +
        @"|alter table (only )?(?<table>\w+) .*(\btype\b|set not null|\badd (column )?\w+ [^,]*default [^,]*\(" +
        @"|add (constraint \w+ )?(check|unique|primary key|foreign key|exclude)\b(?!.*not valid))" +
        @"|(update|delete from|truncate( table)?|insert into) (?<table>\w+).*|drop index .*|create table \w+ as .*|cluster .*|reindex .*)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Blocking();
}
