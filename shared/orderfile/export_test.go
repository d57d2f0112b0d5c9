package orderfile

// OneLine lets tests make texts as [Read] gives them.
var OneLine = oneLine
