import type { IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import { Axios, AxiosHeaders, type AxiosResponse } from "axios";
import { sendStraight, type Sending } from "./send-straight.js";

/** Of our own: interceptors and defaults of the program around do not reach it. */
const axios = new Axios({ method: "GET" });

/**
 * Sends one GET through axios, with an adapter that goes on as {@link sendStraight} does: axios' own can do much that is of
 * no use here (redirects, uploads, decompression), cannot tell what broke, and would read the whole body.
 *
 * The headers of the request do not go through axios, which looks at each of them several times.
 */
export async function sendThroughAxios(
  options: RequestOptions,
  sending: Sending,
): Promise<IncomingMessage> {
  const response: AxiosResponse<IncomingMessage> = await axios.request({
    adapter: async (config) => {
      const data = await sendStraight(options, sending);
      // Those of the answer are read from the answer: axios would take one called `normalize` for its own method.
      const headers = new AxiosHeaders();
      const { statusCode: status = 0, statusMessage: statusText = "" } = data;
      return { data, status, statusText, headers, config };
    },
  });
  return response.data;
}
