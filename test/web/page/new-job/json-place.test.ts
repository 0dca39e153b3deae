import { describe, expect, it } from "vitest";
import { findPlace } from "../../../../web/page/new-job/json-place.ts";

const text = `{
  "parameters": { "steps": 0, "arg\\u0075ments": ["a", "b"] },
  "resources": {},
  "inputs": ["x", "y"]
}`;
const at = (path: (string | number)[], of = text) => {
  const { from, to } = findPlace(of, path);
  return of.slice(from, to);
};

describe("the place of a field in the JSON", () => {
  it("is its value, an item of a list too, and a name that is written with escapes", () => {
    expect(at(["parameters", "steps"])).toBe("0");
    expect(at(["inputs", 1])).toBe('"y"');
    expect(at(["parameters", "arguments", 0])).toBe('"a"');
  });

  it("is the name of what holds it where it is not there", () => {
    expect(at(["parameters", "model"])).toBe('"parameters"');
    expect(at(["resources", "nodes"])).toBe('"resources"');
    expect(at(["inputs", 7])).toBe('"inputs"');
    expect(at(["name"])).toBe("{");
    expect(at([])).toBe("{");
  });

  it("is its name where its value is an object or a list", () => {
    expect(at(["parameters"])).toBe('"parameters"');
    expect(at(["parameters", "arguments"])).toBe('"arg\\u0075ments"');
  });

  it("is the last of two with one name, as JSON.parse takes it", () => {
    expect(at(["a"], '{"a": 1, "a": 2}')).toBe("2");
  });

  it("is somewhere within the text however broken that is", () => {
    for (const broken of ["", "{", '{"parameters": {', '{"parameters": {"steps":', "[1,", '"']) {
      const { from, to } = findPlace(broken, ["parameters", "steps"]);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(broken.length);
    }
  });
});
