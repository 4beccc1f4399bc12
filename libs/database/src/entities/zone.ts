/** A place of the business. */
export interface Location {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  /** IANA name; null for that of the business. */
  readonly timeZone: string | null;
  /** E.164. */
  readonly phone: string | null;
  /** Degrees; both are null when it is not known where it is. */
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** Longitude and latitude in millionths of a degree, whole numbers. */
export type GridPoint = readonly [x: number, y: number];
/** A line that closes: the last point is not the first one again. */
export type Ring = readonly GridPoint[];
/** The edge, then the holes. */
export type GridPolygon = readonly Ring[];

/** `code`: this one. `prefix`: all that begin so. `range`: all that begin with one from first to last. */
export type PostcodeKind = 'code' | 'prefix' | 'range';

/** Postcodes in capital letters and digits alone. */
export interface PostcodeArea {
  /** ISO 3166-1, two capital letters. */
  readonly country: string;
  readonly kind: PostcodeKind;
  readonly starts: string;
  /** The same as `starts` unless it is a range. */
  readonly ends: string;
}

export interface ZonePlace {
  /** The name as it is compared. */
  readonly place: string;
  readonly name: string;
}

/** A zone as it stands in a list. */
export interface ZoneSummary {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** Rank among the zones something lies in: the smallest wins. */
  readonly priority: number;
  /** The location that callers of the zone are told; null for the nearest. */
  readonly locationId: string | null;
}

/** An area that resources go to: what lies in one of its polygons, or has one of its postcodes or names. */
export interface Zone extends ZoneSummary {
  readonly polygons: readonly GridPolygon[];
  readonly postcodes: readonly PostcodeArea[];
  readonly places: readonly ZonePlace[];
}

/** The thing that is looked for in zones. */
export type Whereabouts =
  | { readonly kind: 'point'; readonly point: GridPoint }
  | {
      readonly kind: 'postcode';
      /** Null for all countries in which the tenant has zones by postcode. */
      readonly country: string | null;
      /** In capital letters and digits alone. */
      readonly code: string;
      /** The part of the code that stands for an area of its own, by country. */
      readonly areaCodes: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'place'; readonly place: string };

/** A zone that something lies in, and why. */
export interface FoundZone extends ZoneSummary {
  /** Whether a resource in use goes there. */
  readonly isServed: boolean;
  /** The middle of its polygons; null when it has none. */
  readonly middle: GridPoint | null;
  /** The postcodes that matched. */
  readonly postcodes: PostcodeArea | null;
  /** The name of the place that matched. */
  readonly place: string | null;
}
