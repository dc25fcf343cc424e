using System.Numerics;

namespace UNetSharp.Interop.PyTorch;

/// <summary>
/// Reads the pickles of state dicts. A pickle is a program for a stack machine that may name any function of Python and
/// call it; here names make plain data of ours or are refused, as <see cref="TorchGlobals"/> says.
/// Nothing is recursive and every instruction costs the same, so that a pickle ends within the bounds of its steps.
/// </summary>
/// <param name="input">The pickle.</param>
/// <param name="storageOf">What a persistent id stands for.</param>
internal sealed class RestrictedUnpickler(PickleInput input, Func<PickleValue, PickleValue> storageOf)
{
    // About 50 steps make a tensor: room for 40,000. In the worst case each step makes a list, about 100 bytes.
    private const long MaxSteps = 2_000_000;
    private const int MaxProtocol = 5;
    private const int MaxIntegerBytes = 255;

    private readonly List<PickleValue> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, PickleValue> _memo = [];
    private long _steps;

    /// <summary>Runs the pickle up to its end.</summary>
    /// <exception cref="InvalidDataException">The pickle is damaged, too large or asks for what is refused.</exception>
    public PickleValue Load()
    {
        while (true)
        {
            var opcode = (PickleOpcode)input.Byte();
            if (opcode == PickleOpcode.Stop)
            {
                return Pop();
            }

            CountSteps(1);
            if (CreateValue(opcode) is { } value)
            {
                _stack.Add(value);
            }
            else
            {
                Execute(opcode);
            }
        }
    }

    private PickleValue? CreateValue(PickleOpcode opcode) => opcode switch
    {
        PickleOpcode.None or PickleOpcode.NewTrue or PickleOpcode.NewFalse => PickleOpaque.Instance,
        PickleOpcode.BinFloat => SkipBytes(sizeof(double)),
        PickleOpcode.ShortBinBytes => SkipBytes(input.Byte()),
        PickleOpcode.BinBytes => SkipBytes(input.UInt32()),
        PickleOpcode.BinBytes8 => SkipBytes(input.UInt64()),
        PickleOpcode.BinInt1 => new PickleInteger(input.Byte()),
        PickleOpcode.BinInt2 => new PickleInteger(input.UInt16()),
        PickleOpcode.BinInt => new PickleInteger(input.Int32()),
        PickleOpcode.Long1 => Integer(input.Byte()),
        PickleOpcode.Long4 => Integer(input.UInt32()),
        PickleOpcode.ShortBinString or PickleOpcode.ShortBinUnicode => new PickleText(input.Text(input.Byte())),
        PickleOpcode.BinString or PickleOpcode.BinUnicode => new PickleText(input.Text(input.UInt32())),
        PickleOpcode.BinUnicode8 => new PickleText(input.Text(input.UInt64())),
        PickleOpcode.EmptyTuple => new PickleTuple([]),
        PickleOpcode.Tuple1 => new PickleTuple(Pop(1)),
        PickleOpcode.Tuple2 => new PickleTuple(Pop(2)),
        PickleOpcode.Tuple3 => new PickleTuple(Pop(3)),
        PickleOpcode.Tuple => new PickleTuple(PopToMark()),
        PickleOpcode.EmptyList => new PickleList([]),
        PickleOpcode.List => new PickleList([.. PopToMark()]),
        PickleOpcode.EmptyDict => new PickleDict([]),
        PickleOpcode.Dict => Fill(new PickleDict([]), PopToMark()),
        PickleOpcode.Dup => Top(),
        PickleOpcode.BinGet => GetMemo(input.Byte()),
        PickleOpcode.LongBinGet => GetMemo(input.UInt32()),
        PickleOpcode.Global => Global(input.Line(), input.Line()),
        PickleOpcode.StackGlobal => StackGlobal(),
        PickleOpcode.BinPersId => storageOf(Pop()),
        PickleOpcode.Reduce or PickleOpcode.NewObj => Reduce(),
        _ => null,
    };

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                RequireProtocol(input.Byte());
                break;
            case PickleOpcode.Frame:
                input.UInt64();
                break;
            case PickleOpcode.Mark:
                _marks.Add(_stack.Count);
                break;
            case PickleOpcode.Pop:
                Pop();
                break;
            case PickleOpcode.PopMark:
                PopToMark();
                break;
            case PickleOpcode.BinPut:
                _memo[input.Byte()] = Top();
                break;
            case PickleOpcode.LongBinPut:
                _memo[input.UInt32()] = Top();
                break;
            case PickleOpcode.Memoize:
                _memo[(uint)_memo.Count] = Top();
                break;
            case PickleOpcode.Append:
                Extend(Pop(1));
                break;
            case PickleOpcode.Appends:
                Extend(PopToMark());
                break;
            case PickleOpcode.SetItem:
                Set(Pop(2));
                break;
            case PickleOpcode.SetItems:
                Set(PopToMark());
                break;
            case PickleOpcode.Build:
                Build();
                break;
            default:
                throw new InvalidDataException(
                    $"is refused: its pickle holds instruction 0x{(byte)opcode:X2}, which no state dict needs.");
        }
    }

    private void CountSteps(long steps)
    {
        _steps += steps;
        if (_steps > MaxSteps)
        {
            throw new InvalidDataException($"is refused: its pickle takes more than {MaxSteps:N0} steps.");
        }
    }

    private PickleOpaque SkipBytes(ulong bytes)
    {
        input.Skip(bytes);
        return PickleOpaque.Instance;
    }

    private PickleInteger Integer(uint bytes) => bytes <= MaxIntegerBytes
        ? new PickleInteger(new BigInteger(input.Bytes(bytes)))
        : throw new InvalidDataException($"is refused: it holds a whole number of {bytes} bytes.");

    private PickleValue GetMemo(uint key) => _memo.TryGetValue(key, out PickleValue? value)
        ? value
        : throw Damaged("it asks for a value that it did not store");

    private static PickleValue Global(string module, string name) => TorchGlobals.Find($"{module}.{name}")
        ?? throw new InvalidDataException(
            $"asks to call {CheckpointException.Sanitize($"{module}.{name}")}, which no state dict needs; refused. "
            + "Save model.state_dict() and nothing else.");

    private PickleValue StackGlobal() => Pop(2) is [PickleText module, PickleText name]
        ? Global(module.Value, name.Value)
        : throw Damaged("a name in it is no text");

    private PickleValue Reduce()
    {
        if (Pop(2) is not [PickleFunction function, PickleTuple arguments])
        {
            throw Damaged("it calls what is no function");
        }

        // Arguments come again and again out of the memo at no cost; what is done with them must have one.
        CountSteps(arguments.Items.Length);
        CountSteps(arguments.Items.Sum(item => item is PickleList list ? (long)list.Items.Count : 0));
        return function.Call(arguments.Items);
    }

    private void Extend(PickleValue[] items)
    {
        if (Top() is not PickleList list)
        {
            throw Damaged("it appends to what is no list");
        }

        list.Items.AddRange(items);
    }

    private void Set(PickleValue[] items)
    {
        if (Top() is not PickleDict dict)
        {
            throw Damaged("it sets an entry of what is no dict");
        }

        Fill(dict, items);
    }

    private static PickleDict Fill(PickleDict dict, PickleValue[] items)
    {
        if (items.Length % 2 != 0)
        {
            throw Damaged("a key in it has no value");
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            dict.Items.Add(new(items[i], items[i + 1]));
        }

        return dict;
    }

    // A state dict carries the versions of its layers as an attribute; nothing else needs one.
    private void Build()
    {
        Pop();
        if (Top() is not (PickleDict or PickleOpaque))
        {
            throw Damaged("it sets attributes of what is no dict");
        }
    }

    private static void RequireProtocol(byte protocol)
    {
        if (protocol > MaxProtocol)
        {
            throw Damaged($"it claims pickle protocol {protocol}");
        }
    }

    private PickleValue Top() => _stack.Count > Floor
        ? _stack[^1]
        : throw Damaged("it takes more values than it made");

    private PickleValue Pop()
    {
        PickleValue value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private PickleValue[] Pop(int count)
    {
        if (_stack.Count - Floor < count)
        {
            throw Damaged("it takes more values than it made");
        }

        PickleValue[] values = [.. _stack[^count..]];
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private PickleValue[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw Damaged("it takes more values than it made");
        }

        PickleValue[] values = Pop(_stack.Count - _marks[^1]);
        _marks.RemoveAt(_marks.Count - 1);
        return values;
    }

    // What lies below a mark is out of reach until the mark is gone.
    private int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    private static InvalidDataException Damaged(string what) =>
        new($"is damaged: {what} in its pickle; copy it again.");
}
