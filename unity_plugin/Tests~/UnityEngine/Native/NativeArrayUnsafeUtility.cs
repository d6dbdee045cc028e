namespace Unity.Collections.LowLevel.Unsafe
{
    public static class NativeArrayUnsafeUtility
    {
        public static unsafe void* GetUnsafePtr<T>(NativeArray<T> nativeArray) where T : struct =>
            (void*)nativeArray.StubAddress;

        public static unsafe void* GetUnsafeReadOnlyPtr<T>(NativeArray<T> nativeArray) where T : struct =>
            (void*)nativeArray.StubAddress;
    }
}
