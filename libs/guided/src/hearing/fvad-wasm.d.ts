/** @echogarden/fvad-wasm 0.2.0, which ships no types: libfvad's C interface over one WebAssembly memory. */
declare module '@echogarden/fvad-wasm' {
  export interface FvadModule {
    /** Replaced when memory grows: read it anew each time. */
    readonly HEAP16: Int16Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    /** 0 when memory is exhausted. */
    _fvad_new(): number;
    _fvad_free(instance: number): void;
    /** 0 quality to 3 very aggressive; -1 for others. */
    _fvad_set_mode(instance: number, mode: number): number;
    /** 8000, 16000, 32000 or 48000; -1 for others. */
    _fvad_set_sample_rate(instance: number, rateHz: number): number;
    /** 10, 20 or 30 ms of samples. 1 voice, 0 none, -1 for another length. */
    _fvad_process(instance: number, frame: number, samples: number): number;
  }
  export default function load(): Promise<FvadModule>;
}
