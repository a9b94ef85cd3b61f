/**
 * The shape of a real help desk, measured on the UCI data set 498 "Incident management process enriched event
 * log" (Amaral, Fantinato, Peres; DOI 10.24432/C57S4H; CC BY 4.0): 24,638 cases of 5,191 callers with an event
 * from 1 March to 31 May 2016, automation left out. Only these figures are used, none of its rows. demo/world/shape.test.ts measures
 * them again when the file is at hand.
 */
export const deskShape = {
  /** Cases opened on the median weekday, by about 150 people who did 98 % of the work. */
  casesPerWeekday: 364.5,
  /** Share of cases opened in each hour of the day. */
  openedByHour: [
    0.0109, 0.0088, 0.0058, 0.005, 0.0052, 0.0053, 0.0129, 0.0231, 0.1024, 0.1216, 0.116, 0.0989, 0.0538,
    0.0662, 0.0902, 0.0855, 0.0749, 0.0429, 0.0186, 0.0119, 0.0091, 0.0144, 0.0099, 0.0068,
  ],
  /** Share of cases that change hands 0, 1, 2 ... 8 times or more. */
  handOvers: [0.5535, 0.2492, 0.0882, 0.0479, 0.0268, 0.0144, 0.0069, 0.0054, 0.0078],
  /** Share of cases on which people act 0, 1, 2 ... 8 times or more. */
  actsPerCase: [0.0641, 0.21, 0.1451, 0.1333, 0.1093, 0.0821, 0.0643, 0.0485, 0.1433],
  /** Share of customers who come back with 1, 2 ... 12 or more cases in the three months. */
  casesPerCustomer: [
    0.2724, 0.1772, 0.1223, 0.0919, 0.0667, 0.0505, 0.0428, 0.0397, 0.0245, 0.0175, 0.0144, 0.0801,
  ],
  /** Share of cases that are opened again after closing. */
  reopened: 0.0101,
  /** Share of all acts by the busiest 10 people: work is far from even. */
  busiestTenShare: 0.376,
} as const;
