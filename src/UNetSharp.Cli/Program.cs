using System.CommandLine;

var root = new RootCommand("U-Net family image segmentation: train, evaluate and predict.");
return root.Parse(args).Invoke();
