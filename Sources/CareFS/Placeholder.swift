public enum CareFSPlaceholder {}
