print("carefs")
