// What a line of an export can be wrong in: only the shape.

/** What is wrong, and the field of the line. */
export interface LineFault {
  claim: 'order' | 'commitment' | 'inclusion' | 'link' | 'chain' | 'lifecycle' | 'receipt' | 'standing' | 'shape';
  field: string;
  detail: string;
}

export const lineFault = (claim: LineFault['claim'], field: string, detail: string): LineFault => ({
  ...{ claim, field, detail },
});

export const misshapen = (field: string, detail: string): LineFault => lineFault('shape', field, detail);
