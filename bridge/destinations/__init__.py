"""Where leads can go: the seam (`base`) and one room for each vendor behind it. Holds nothing itself."""
