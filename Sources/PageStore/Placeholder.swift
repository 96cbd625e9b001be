public enum PageStorePlaceholder {}
