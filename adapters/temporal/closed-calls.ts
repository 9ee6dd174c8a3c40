// A call of the SDK that failed is repeated after a pause; when its connection was closed meanwhile, the repetition throws out of a timer and
// would end the process (@temporalio/client 1.24, grpc-retry). This stands behind the repetition and turns the throw into an answer.
import {
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ConnectionOptions,
} from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Interceptor>;

/** gRPC's CANCELLED, which nobody repeats. */
const CANCELLED = 1;

const answered: Interceptor = (options, nextCall) => {
  try {
    return nextCall(options) as unknown as Call;
  } catch (error) {
    return closedCall(error);
  }
};

/** For `Connection.connect`: the SDK's own repetition, made safe. */
export function safeInterceptors(): Interceptor[] {
  return [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), answered];
}

/** A call that ends as soon as it starts. */
function closedCall(error: unknown): Call {
  const ended = {
    start(
      metadata: unknown,
      listener?: { onReceiveMessage?: (message: null) => void; onReceiveStatus?: (status: object) => void },
    ) {
      listener?.onReceiveMessage?.(null);
      listener?.onReceiveStatus?.({ code: CANCELLED, details: String(error), metadata });
    },
    cancelWithStatus: () => undefined,
    getPeer: () => 'closed',
    sendMessage: () => undefined,
    sendMessageWithContext: () => undefined,
    startRead: () => undefined,
    halfClose: () => undefined,
    getAuthContext: () => null,
  };
  return ended as unknown as Call;
}
