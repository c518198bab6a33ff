/** Version descriptor values and their names, in ascending order. */
export type Rows = readonly (readonly [code: number, name: string])[];
