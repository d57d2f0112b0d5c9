// Package trackingnumber says which carriers a tracking number may be of, and
// what is probably wrong with one that can be of none.
//
// Where the facts come from: formats.tsv holds one row per form and check, with
// its evidence. "public" are the carriers' own descriptions of their labels as
// collected, with numbers that pass and fail, by
// https://github.com/jkeen/tracking_number_data (MIT), and UPU standard S10;
// "second-hand" is what only integrators tell; "memory" is what nobody
// confirmed. posts.tsv names the posts that issue S10 numbers.
//
// What is ambiguous, and stays so in the answer:
//   - bare digits: one foreign number in ten passes a check digit. 12 digits are
//     FedEx, Purolator, DHL Paket or a UPS notice; 20 are FedEx, USPS or DHL
//     Paket; 15 are FedEx or DPD; 10 are DHL Express or FedEx Freight
//   - 22 digits that begin with 92 to 95 are tracked at USPS, but UPS, FedEx and
//     DHL eCommerce sell such labels too
//   - JD and JJD with 16 digits are DHL Express or Yodel
//   - an S10 number names the post that issued it; the post of the destination
//     delivers it under the same number
//   - the posts' own inland forms and those of many couriers are not here: that
//     no form fits does not prove that a number is wrong
//
// A carrier that an order names therefore always wins over what is found here.
package trackingnumber
