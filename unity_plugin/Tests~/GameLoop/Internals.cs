using System;
using System.Net.Http;
using System.Reflection;
using FrameBridge.Grpc;
using Grpc.Core;

namespace FrameBridge.GameLoop
{
    /// <summary>Access to internals of the package that are measured here.</summary>
    internal static class Internals
    {
        private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic;

        /// <summary>The transport that the package registers for the components.</summary>
        internal static IBridgeTransport RegisteredTransport(BridgeOptions options)
        {
            var factory = (Func<BridgeOptions, IBridgeTransport>)typeof(BridgeTransports).GetField("s_factory", Hidden).GetValue(null);
            return factory(options);
        }

        /// <summary>The HTTP/2 handler that the package makes here.</summary>
        internal static HttpMessageHandler Handler(BridgeOptions options) => (HttpMessageHandler)Assembly.Load("FrameBridge.Handlers")
            .GetType("FrameBridge.Grpc.HttpHandlers", throwOnError: true)
            .GetMethod("Make", Hidden)
            .Invoke(null, new object[] { options });

        /// <summary>Has the bodies of a transport's marshallers measured.</summary>
        internal static void Measure(GrpcTransport transport, Garbage garbage)
        {
            var methods = (Array)typeof(GrpcTransport).GetField("_methods", Hidden).GetValue(transport);
            foreach (object method in methods)
            {
                FieldInfo field = method.GetType().GetField("<Method>k__BackingField", Hidden);
                MethodInfo wrap = typeof(Internals).GetMethod(nameof(Wrap), Hidden).MakeGenericMethod(field.FieldType.GetGenericArguments());
                field.SetValue(method, wrap.Invoke(null, new[] { field.GetValue(method), garbage }));
            }
        }

        private static Method<TOut, TIn> Wrap<TOut, TIn>(Method<TOut, TIn> method, Garbage garbage)
            where TOut : class
            where TIn : class
        {
            Action<TOut, SerializationContext> serialise = method.RequestMarshaller.ContextualSerializer;
            Func<DeserializationContext, TIn> deserialise = method.ResponseMarshaller.ContextualDeserializer;
            return new Method<TOut, TIn>(
                method.Type,
                method.ServiceName,
                method.Name,
                new Marshaller<TOut>((value, context) => garbage.Serialise(serialise, value, context), method.RequestMarshaller.ContextualDeserializer),
                new Marshaller<TIn>(method.ResponseMarshaller.ContextualSerializer, context => garbage.Deserialise(deserialise, context)));
        }
    }
}
