namespace UNetSharp.Interop.PyTorch;

/// <summary>Weights in what a training script saved.</summary>
/// <param name="Entry">Names of the dicts that lead to them, joined by dots; empty for the object itself.</param>
/// <param name="AveragedEntry">The same of averaged weights that are there too and were not asked for; or null.</param>
/// <param name="Tensors">The tensors by name.</param>
internal sealed record TorchStateDict(
    string Entry, string? AveragedEntry, IReadOnlyList<KeyValuePair<string, PickleTensor>> Tensors)
{
    private const int MaxKeysInMessage = 5;
    private const int MaxDepth = 3;
    private const int MaxDicts = 1000;

    // Names under which scripts nest the state dict beside the optimizer's, the epoch and so on.
    private static readonly string[] Wrappers =
        ["state_dict", "model", "model_state_dict", "net", "network", "params", "weights"];

    /// <summary>
    /// Finds weights: those of a usual entry, else those of the dict with most tensors, the object itself among them.
    /// </summary>
    /// <param name="root">What was saved.</param>
    /// <param name="takesAveraged">Whether averaged weights are taken where both are there.</param>
    /// <exception cref="InvalidDataException">The object is no dict of tensors, or two have one name.</exception>
    public static TorchStateDict Find(PickleValue root, bool takesAveraged)
    {
        if (root is not PickleDict dict || root is PickleObject { Items.Count: 0 })
        {
            throw new InvalidDataException(root is PickleObject { ClassName: var name }
                ? $"holds an object of {CheckpointException.Sanitize(name)}, as torch.save(model) writes it, "
                + "and no dict of arrays; save model.state_dict()."
                : "holds no dict of arrays; save model.state_dict().");
        }

        TorchStateDict[] found =
        [
            .. FindDicts(dict).Select(inner => new TorchStateDict(inner.Path, null, GetTensors(inner.Dict)))
                .Where(weights => weights.Tensors.Count > 0)
                .OrderBy(weights => Rank(weights.Entry))
                .ThenByDescending(weights => weights.Tensors.Count),
        ];
        TorchStateDict? averaged = found.FirstOrDefault(weights => AveragedWeights.IsName(weights.Entry));
        TorchStateDict? plain = found.FirstOrDefault(weights => !AveragedWeights.IsName(weights.Entry));
        TorchStateDict chosen = (takesAveraged ? averaged ?? plain : plain ?? averaged) ?? (dict.Items.Count == 0
            ? new TorchStateDict("", null, [])
            : throw new InvalidDataException($"holds no arrays but {Keys(dict)}; save model.state_dict(), by itself or "
                + "as the entry 'state_dict' of a dict."));
        RequireOneOfEachName(chosen.Tensors);
        return chosen with { AveragedEntry = chosen == averaged ? null : averaged?.Entry };
    }

    private static int Rank(string entry)
    {
        int rank = Array.IndexOf(Wrappers, entry);
        return rank >= 0 ? rank : Wrappers.Length;
    }

    /// <summary>The object and the dicts in it, but not those of an optimizer.</summary>
    private static IEnumerable<(string Path, PickleDict Dict)> FindDicts(PickleDict root)
    {
        HashSet<PickleDict> seen = new(ReferenceEqualityComparer.Instance) { root };
        Queue<(string Path, int Depth, PickleDict Dict)> open = new([("", 0, root)]);
        while (open.TryDequeue(out (string Path, int Depth, PickleDict Dict) next))
        {
            yield return (next.Path, next.Dict);
            foreach ((PickleValue key, PickleValue value) in next.Dict.Items)
            {
                if (key is PickleText { Value: var name } && value is PickleDict inner
                    && next.Depth < MaxDepth && seen.Count < MaxDicts
                    && !name.Contains("optim", StringComparison.OrdinalIgnoreCase) && seen.Add(inner))
                {
                    open.Enqueue((next.Path.Length == 0 ? name : $"{next.Path}.{name}", next.Depth + 1, inner));
                }
            }
        }
    }

    private static void RequireOneOfEachName(IReadOnlyList<KeyValuePair<string, PickleTensor>> tensors)
    {
        HashSet<string> names = [];
        foreach ((string name, _) in tensors)
        {
            if (!names.Add(name))
            {
                throw new InvalidDataException(
                    $"is damaged: it names '{CheckpointException.Sanitize(name)}' twice; copy it again.");
            }
        }
    }

    private static List<KeyValuePair<string, PickleTensor>> GetTensors(PickleDict dict)
    {
        List<KeyValuePair<string, PickleTensor>> tensors = [];
        foreach ((PickleValue key, PickleValue value) in dict.Items)
        {
            if (key is PickleText name && value is PickleTensor tensor)
            {
                tensors.Add(new(name.Value, tensor));
            }
        }

        return tensors;
    }

    private static string Keys(PickleDict dict) =>
        string.Join(", ", dict.Items.Take(MaxKeysInMessage).Select(entry => entry.Key is PickleText text
            ? $"'{CheckpointException.Sanitize(text.Value)}'"
            : "an entry without a name")) + (dict.Items.Count > MaxKeysInMessage ? ", …" : "");
}
