using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>The end-to-end suite under NUnit; it needs a server, named by FRAMEBRIDGE_SERVER.</summary>
    public class EndToEndTests
    {
        private const string Variable = "FRAMEBRIDGE_SERVER";

        public static IEnumerable<string> Names() => EndToEndSuite.All.Select(test => test.Name);

        [TestCaseSource(nameof(Names))]
        public async Task AgainstAServer(string name)
        {
            var address = Environment.GetEnvironmentVariable(Variable);
            if (string.IsNullOrEmpty(address))
            {
                Assert.Ignore($"no server: set {Variable} to the address of one started with `framebridge serve`");
            }

            await EndToEndSuite.All.Single(test => test.Name == name).Body(address);
        }

        [Test]
        public void TheLibrariesAreThoseOfTheLane()
        {
            var framework = (System.Runtime.Versioning.TargetFrameworkAttribute)Attribute.GetCustomAttribute(
                typeof(global::Grpc.Net.Client.GrpcChannel).Assembly, typeof(System.Runtime.Versioning.TargetFrameworkAttribute));
#if UNITY_LIBRARIES
            Assert.That(framework.FrameworkName, Does.StartWith(".NETStandard,Version=v2.1"));
#else
            Assert.That(framework.FrameworkName, Does.StartWith(".NETCoreApp"));
#endif
        }
    }
}
