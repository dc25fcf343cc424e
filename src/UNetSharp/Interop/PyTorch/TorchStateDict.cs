namespace UNetSharp.Interop.PyTorch;

/// <summary>Finds the weights in what a training script saved.</summary>
internal static class TorchStateDict
{
    private const int MaxKeysInMessage = 5;

    // Names under which scripts nest the state dict beside the optimizer's, the epoch and so on.
    private static readonly string[] Wrappers =
        ["state_dict", "model", "model_state_dict", "net", "network", "params", "weights"];

    /// <summary>The tensors by name: of a nested dict that holds some, else of the object itself.</summary>
    /// <exception cref="InvalidDataException">The object is no dict of tensors, or two have one name.</exception>
    public static IReadOnlyList<KeyValuePair<string, PickleTensor>> Find(PickleValue root)
    {
        if (root is not PickleDict dict)
        {
            throw new InvalidDataException("holds no dict of arrays; save model.state_dict().");
        }

        List<KeyValuePair<string, PickleTensor>> tensors = Wrappers
            .Select(wrapper => Entry(dict, wrapper))
            .OfType<PickleDict>()
            .Select(GetTensors)
            .FirstOrDefault(found => found.Count > 0) ?? GetTensors(dict);
        if (tensors.Count == 0 && dict.Items.Count > 0)
        {
            throw new InvalidDataException($"holds no arrays but {Keys(dict)}; save model.state_dict(), by itself or "
                + "as the entry 'state_dict' of a dict.");
        }

        HashSet<string> names = [];
        foreach ((string name, _) in tensors)
        {
            if (!names.Add(name))
            {
                throw new InvalidDataException(
                    $"is damaged: it names '{CheckpointException.Sanitize(name)}' twice; copy it again.");
            }
        }

        return tensors;
    }

    private static PickleValue? Entry(PickleDict dict, string key) =>
        dict.Items.LastOrDefault(entry => entry.Key is PickleText text && text.Value == key).Value;

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
