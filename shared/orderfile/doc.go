// Package orderfile reads the order export of TikTok's Seller Center, as a seller
// downloads it, and writes lists of parcels in the same form.
//
// The export has a row for each article, so a package comes on several rows, and
// most of its columns are about the buyer. [Read] takes only what tells which
// package travels under which number; of the rest nothing is kept, and no value
// of a file gets into an error. It holds a thousand rows, however long the file.
//
// Where the facts come from: TikTok publishes no description of the file that we
// know of. The needed columns, the row of explanations and the tab behind ids are
// as sellers know them; the names of the other columns, the layouts of times and
// the names of countries are from memory, and no real export was at hand. So
// columns may stand in any order, and unknown ones are passed over.
//
// # Damage
//
// Ids have 18 digits and more. A spreadsheet program keeps 15 of them and says
// nothing: it writes 5.77E+17, or zeros for the rest. Both are refused, the first
// by its row, the second when all long ids of a column end so and chance would do
// that less than once in ten thousand files. A file that was damaged in another
// way (a column sorted alone) looks like a good one.
//
// Postal codes lose the zeros they begin with. They are put back where the country
// leaves no doubt, else the code is not read; see [PostalArea].
//
// # Times
//
// The export writes the clock of the shop, and does not say which that is. Times
// are read as UTC, so they are good for the day, give or take one.
//
// 08/05/2026 is 5 August in the United States and 8 May elsewhere. What tells is
// the file: a day above 12 somewhere in the time columns of its first 1000 rows
// settles the order for all rows. Without one, a clock of 12 hours (AM, PM) means
// that the month stands first, as in exports from the United States. A date that
// is still open, or stands in a file that has both orders, is not read: no date
// is better than a wrong one.
package orderfile
