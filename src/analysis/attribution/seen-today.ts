/**
 * Which agent met which customer on which day, for the day at hand only: an open-addressing table whose entries of
 * other days count as free, so that a new day costs nothing. 16 bytes a place, at most half of the places in use.
 */
export interface SeenToday {
  /** True the first time that these two meet on this day. */
  isNew(agent: number, customer: number, day: number): boolean;
}

export const createSeenToday = (): SeenToday => {
  let places = 1 << 16;
  let agents = new Int32Array(places);
  let customers = new Int32Array(places);
  let days = new Int32Array(places).fill(-1);
  let today = -1;
  let met = 0;

  const placeOf = (agent: number, customer: number, day: number): number => {
    let place = (Math.imul(agent, 0x9e3779b1) ^ Math.imul(customer, 0x85ebca6b)) >>> 0;
    place = ((place ^ (place >>> 15)) & (places - 1)) >>> 0;
    while (days[place] === day && (agents[place] !== agent || customers[place] !== customer))
      place = (place + 1) & (places - 1);
    return place;
  };
  const write = (place: number, agent: number, customer: number): void => {
    agents[place] = agent;
    customers[place] = customer;
    days[place] = today;
  };
  const widen = (): void => {
    const [oldAgents, oldCustomers, oldDays] = [agents, customers, days];
    places *= 2;
    agents = new Int32Array(places);
    customers = new Int32Array(places);
    days = new Int32Array(places).fill(-1);
    for (let old = 0; old < oldDays.length; old += 1) {
      if (oldDays[old] !== today) continue;
      const [agent = 0, customer = 0] = [oldAgents[old], oldCustomers[old]];
      write(placeOf(agent, customer, today), agent, customer);
    }
  };

  return {
    isNew: (agent, customer, day) => {
      if (day !== today) {
        today = day;
        met = 0;
      }
      const place = placeOf(agent, customer, day);
      if (days[place] === day) return false;
      write(place, agent, customer);
      met += 1;
      if (met * 2 > places) widen();
      return true;
    },
  };
};
