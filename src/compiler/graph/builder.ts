export interface Builder { placeholder: true }
