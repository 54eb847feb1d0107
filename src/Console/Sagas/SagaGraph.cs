using Payments.Contracts.Sagas;

namespace Payments.Console.Sagas;

/// <summary>Where a node is on the way of a saga.</summary>
public enum NodeState
{
    Ahead,
    Done,
    Current,

    /// <summary>It waits there, and not as it should.</summary>
    Stuck,

    /// <summary>What was asked for there failed, and the saga turned back.</summary>
    Failed,
}

/// <param name="X">The left edge, in units of the drawing, as <paramref name="Y"/> is the top.</param>
public sealed record GraphNode(
    string Phase, string Title, string Of, NodeState State, bool IsUndo, bool IsEnd, bool IsPivot, int X, int Y);

/// <param name="Path">An SVG path.</param>
/// <param name="IsBack">It leads to undoing or to the failed end.</param>
public sealed record GraphEdge(string From, string To, bool Taken, bool IsBack, string Path);

/// <summary>
/// The drawing of a saga's definition: its steps from left to right, what undoes each below it, the way that one saga has taken marked.
/// Pure.
/// </summary>
public sealed record SagaGraph(IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphEdge> Edges, int Width, int Height)
{
    public const int NodeWidth = 148;
    public const int NodeHeight = 54;

    private const int GapX = 44;
    private const int GapY = 62;
    private const int Margin = 8;
    private const int EndWidth = NodeWidth;

    /// <param name="phase">Where the saga stands.</param>
    public static SagaGraph Of(SagaDefinitionView kind, SagaPath path, string phase, bool stuck)
    {
        var nodes = new List<GraphNode>();
        for (var i = 0; i < kind.Steps.Count; i++)
        {
            var step = kind.Steps[i];
            nodes.Add(Node(step.Do, Column(i + 1), 0, isUndo: false, step.IsPivot));
            if (step.Undo is { } undo)
            {
                nodes.Add(Node(undo, Column(i + 1), 1, isUndo: true, isPivot: false));
            }
        }

        nodes.Add(End("completed", Column(kind.Steps.Count + 1), 0));
        nodes.Add(End("failed", Column(0), 1));
        return new(
            nodes,
            Draw(kind, nodes, path),
            (2 * Margin) + Column(kind.Steps.Count + 1) + EndWidth - Margin,
            (2 * Margin) + (2 * NodeHeight) + GapY);

        GraphNode Node(SagaRequestView ask, int x, int row, bool isUndo, bool isPivot) =>
            new(ask.Phase, SagaWords.Phase(ask.Phase), SagaWords.Asked(ask.Of), StateOf(ask.Phase), isUndo, false, isPivot, x, Row(row));

        GraphNode End(string end, int x, int row) =>
            new(end, SagaWords.Phase(end), "", StateOf(end), end == "failed", true, false, x, Row(row));

        NodeState StateOf(string of) =>
            of == phase ? of is "completed" ? NodeState.Done
                : of is "failed" ? NodeState.Failed
                : stuck ? NodeState.Stuck
                : NodeState.Current
            : of == path.FailedAt ? NodeState.Failed
            : path.Phases.Contains(of) ? NodeState.Done
            : NodeState.Ahead;
    }

    private static int Column(int index) => Margin + (index * (NodeWidth + GapX));

    private static int Row(int index) => Margin + (index * (NodeHeight + GapY));

    private static List<GraphEdge> Draw(SagaDefinitionView kind, List<GraphNode> nodes, SagaPath path)
    {
        var edges = new List<GraphEdge>();
        var by = nodes.ToDictionary(n => n.Phase);
        for (var i = 0; i < kind.Steps.Count; i++)
        {
            var step = kind.Steps[i];
            Forward(step.Do.Phase, i + 1 < kind.Steps.Count ? kind.Steps[i + 1].Do.Phase : "completed");

            // A refusal undoes the steps before it; with no way back there is none. An operator, or a silence, may have the step itself
            // undone.
            if (!kind.Steps.Take(i).Any(s => s.IsPivot))
            {
                Back(step.Do.Phase, UndoBefore(i));
                if (step.Undo is { } own)
                {
                    Back(step.Do.Phase, own.Phase);
                }
            }

            if (step.Undo is { } undo)
            {
                Back(undo.Phase, step.UndoCoversEarlier ? "failed" : UndoBefore(i));
            }
        }

        return edges;

        string UndoBefore(int step)
        {
            for (var i = step - 1; i >= 0; i--)
            {
                if (kind.Steps[i].Undo is { } undo)
                {
                    return undo.Phase;
                }
            }

            return "failed";
        }

        void Forward(string from, string to) => edges.Add(new(from, to, path.Went(from, to), false, Straight(by[from], by[to])));

        void Back(string from, string to) => edges.Add(new(from, to, path.Went(from, to), true, Curve(by[from], by[to])));
    }

    private static string Straight(GraphNode from, GraphNode to) =>
        FormattableString.Invariant($"M{from.X + NodeWidth} {from.Y + (NodeHeight / 2)}H{to.X - 2}");

    // From the lower edge down; within the lower row from the left edge to the right one of the node before.
    private static string Curve(GraphNode from, GraphNode to)
    {
        if (from.Y == to.Y)
        {
            return FormattableString.Invariant($"M{from.X} {from.Y + (NodeHeight / 2)}H{to.X + NodeWidth + 2}");
        }

        var (x1, y1) = (from.X + (NodeWidth / 2), from.Y + NodeHeight);
        var (x2, y2) = (to.X + (NodeWidth / 2) + (from.X == to.X ? 0 : 26), to.Y - 2);
        var middle = (y1 + y2) / 2;
        return from.X == to.X
            ? FormattableString.Invariant($"M{x1} {y1}V{y2}")
            : FormattableString.Invariant($"M{x1 - 26} {y1}C{x1 - 26} {middle} {x2} {middle} {x2} {y2}");
    }
}
