import * as v from "valibot";
import { remember } from "./host/query";

/** Reads an answer of `ip -j`, a list of such objects; no answer is none of them. */
export const objects = <T>(schema: v.GenericSchema<unknown, T>) =>
    remember((answer): readonly T[] => (answer === undefined ? [] : v.parse(v.array(schema), JSON.parse(answer))));
