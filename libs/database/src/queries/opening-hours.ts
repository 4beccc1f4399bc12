/** SQL for the opening hours of a query that joins a number as `number`, as a JSON array; empty for none. */
export const OPENING_HOURS = `coalesce((SELECT json_agg(json_build_object(
      'weekday', hours.weekday, 'opens', hours.opens::text, 'closes', hours.closes::text))
    FROM opening_hours hours WHERE hours.phone_number_id = number.id), '[]')`;
