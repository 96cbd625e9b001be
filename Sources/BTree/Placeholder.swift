public enum BTreePlaceholder {}
